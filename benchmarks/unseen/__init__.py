"""What was never looked at while it was built: pages in layouts that no page at hand has, panels that no constant was chosen on."""

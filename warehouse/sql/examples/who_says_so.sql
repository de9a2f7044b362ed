-- 9. Where does the headline price come from?
from marts.trace('headline.frontier_price')

"""The one daily job: every asset and every check, in one process."""

from __future__ import annotations

import dagster as dg

daily = dg.define_asset_job("daily", selection=dg.AssetSelection.all(),
                            description="collect, read, believe, compute, check, publish, report, deliver")

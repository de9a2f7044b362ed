# What a model costs at its maker, from the site's JSON.
#   Rscript prices.R SITE_FOLDER openai gpt-4o-2024-08-06
library(jsonlite)
asked <- commandArgs(trailingOnly = TRUE)
prices <- fromJSON(file.path(asked[1], "v1", "prices.json"))$rows
found <- subset(prices, provider == asked[2] & model == asked[3] & tier == "standard" & condition == "")
print(found[, c("price_input_usd_per_mtok", "price_output_usd_per_mtok", "status", "confirmed_at")], row.names = FALSE)

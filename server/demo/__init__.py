"""``compagnon demo``: fills a believable programme, for looking around."""

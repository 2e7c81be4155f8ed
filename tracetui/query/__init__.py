"""Finding spans: search as you type (`search`) and the filter language (`grammar`, `ast`, `compile`)."""

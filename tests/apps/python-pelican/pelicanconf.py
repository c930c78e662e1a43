AUTHOR = "A gardener"
SITENAME = "Diary"
TIMEZONE = "UTC"
DEFAULT_LANG = "en"

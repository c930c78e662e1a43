project = "Reference"

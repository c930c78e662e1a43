from shiny import reactive

title = "hello from shiny"
count = reactive.value(0)

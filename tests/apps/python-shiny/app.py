from shared import title
from shiny import App, ui

app = App(ui.page_fluid(ui.h1(title)), None)

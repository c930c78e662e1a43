import { Application } from "@hotwired/stimulus"
import CounterController from "controllers/counter_controller"

Application.start().register("counter", CounterController)

import { Controller } from "@hotwired/stimulus"

export default class extends Controller {
  static targets = ["total"]

  add() {
    this.totalTarget.textContent = Number(this.totalTarget.textContent) + 1
  }
}

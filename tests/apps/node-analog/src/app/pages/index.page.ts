import { Component } from '@angular/core'

@Component({ template: '<h1>hello from Analog, {{ place }}</h1>' })
export default class Home {
  place = 'at high tide'
}

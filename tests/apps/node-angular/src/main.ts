import { Component, provideZonelessChangeDetection } from '@angular/core'
import { bootstrapApplication } from '@angular/platform-browser'
import { provideRouter, RouterOutlet } from '@angular/router'

@Component({ selector: 'app-home', template: '<h1>hello from the shop</h1>' })
class Home {}

@Component({ selector: 'app-cart', template: '<h1>an empty cart</h1>' })
class Cart {}

@Component({ selector: 'app-root', imports: [RouterOutlet], template: '<router-outlet />' })
class Root {}

bootstrapApplication(Root, {
  providers: [
    provideZonelessChangeDetection(),
    provideRouter([
      { path: '', component: Home },
      { path: 'cart', component: Cart },
    ]),
  ],
})

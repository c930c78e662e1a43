import { IonApp, IonRouterOutlet, setupIonicReact } from '@ionic/react'
import { IonReactRouter } from '@ionic/react-router'
import { createRoot } from 'react-dom/client'
import { Route } from 'react-router-dom'

setupIonicReact()

createRoot(document.getElementById('root')).render(
  <IonApp>
    <IonReactRouter>
      <IonRouterOutlet>
        <Route path="/" render={() => <h1>an orchard for phones</h1>} />
      </IonRouterOutlet>
    </IonReactRouter>
  </IonApp>,
)

import { createApp, h } from 'vue'
import { createRouter, createWebHistory, RouterView } from 'vue-router'
import Home from './Home.vue'

const routes = [
  { path: '/', component: Home },
  { path: '/beds', component: { render: () => h('h1', 'garden beds') } },
]
const router = createRouter({ history: createWebHistory(import.meta.env.BASE_URL), routes })

createApp({ render: () => h(RouterView) }).use(router).mount('#app')

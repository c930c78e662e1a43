import { createRouter, createWebHistory } from 'vue-router'

export default () =>
  createRouter({
    history: createWebHistory(process.env.VUE_ROUTER_BASE),
    routes: [{ path: '/:any(.*)*', component: () => import('pages/IndexPage.vue') }],
  })

import { component$ } from '@builder.io/qwik'

export default component$(() => <h1>hello from Qwik</h1>)

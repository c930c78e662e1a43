export default {
  title: 'orchard',
  url: 'https://orchard.test',
  baseUrl: '/handbook/',
  presets: [['classic', { docs: { routeBasePath: '/' }, blog: false }]],
}

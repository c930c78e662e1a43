export default {
  output: 'export',
}

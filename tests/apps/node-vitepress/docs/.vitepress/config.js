export default { title: 'Manual', cleanUrls: true }

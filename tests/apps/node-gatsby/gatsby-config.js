module.exports = { siteMetadata: { title: 'orchard' } }

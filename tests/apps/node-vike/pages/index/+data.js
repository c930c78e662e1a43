export const data = () => ({ trees: 7, node: process.versions.node })

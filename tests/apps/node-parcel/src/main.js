document.body.append('opened')

document.body.append('rolled')

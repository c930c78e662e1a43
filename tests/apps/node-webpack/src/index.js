document.body.append('hello from the pack')

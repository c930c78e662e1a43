document.title = "hello from front";

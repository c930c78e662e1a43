document.title = "hello from the front end";

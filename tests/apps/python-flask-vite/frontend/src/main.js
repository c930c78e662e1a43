document.title = "hello from frontend/";

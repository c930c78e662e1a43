document.title = "hello from storefront";

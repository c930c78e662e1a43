document.addEventListener("DOMContentLoaded", () => {
  document.body.dataset.season = "spring";
});

// Offers the printer on pages that are worth a sheet of paper.

const button = document.getElementById("print");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

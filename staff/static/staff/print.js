/** Prints the page when its button is pressed. */

const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => window.print());

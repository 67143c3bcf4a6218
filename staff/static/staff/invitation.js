/** Moves an invitation's code from behind "#" into the form, and out of the address, so that no history keeps it. */

const code = location.hash.slice(1);
if (code) {
  history.replaceState(null, "", location.pathname + location.search);
  document.getElementById("id_code").value = code;
  document.getElementById("id_password").focus();
}

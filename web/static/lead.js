// A former address in an exported site: lead on, with the anchor that was asked for.
document.addEventListener("DOMContentLoaded", () => {
  location.replace(document.getElementById("suite").href + location.hash);
});

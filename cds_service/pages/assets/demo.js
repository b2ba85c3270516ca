// Two things that plain pages cannot do: copy, and fold the list of patients on a narrow screen.

// The text of the element that data-copy names, or of all <pre> within it.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const place = document.getElementById(button.dataset.copy);
  const parts = [...place.querySelectorAll("pre")].map((part) => part.textContent);
  await navigator.clipboard.writeText(parts.join("\n") || place.textContent);
  button.classList.add("copied");
  document.getElementById("told").textContent = "Copied.";
  setTimeout(() => button.classList.remove("copied"), 2000);
});

const wide = window.matchMedia("(min-width: 64rem)");
const fold = () => { document.getElementById("patients").open = wide.matches; };
wide.addEventListener("change", fold);
fold();

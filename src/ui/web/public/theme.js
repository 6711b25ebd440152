// Runs before the first paint, so that a chosen theme never flashes the other one. A file of its own: the page allows no inline script.
try {
  const chosen = localStorage.getItem('porchlight.theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // Storage is off in this browser: the system's theme it is.
}

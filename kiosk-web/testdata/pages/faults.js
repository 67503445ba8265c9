// Shows the fault whose name is in the address.
const fault = document.getElementById(location.search.slice(1));
if (!(fault instanceof HTMLTemplateElement)) throw new Error(`no fault ${location.search}`);
/** @type {HTMLElement} */ (document.getElementById('main')).replaceChildren(fault.content.cloneNode(true));

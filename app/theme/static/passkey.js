// Passkeys: the form asks the server what to sign, the device signs it, and the form takes the answer along.
"use strict";
const bytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), c => c.charCodeAt(0));
const known = list => (list ?? []).map(one => ({...one, id: bytes(one.id)}));

/** What the browser takes, of what the server asks. */
const asked = options => ({...options, challenge: bytes(options.challenge),
  ...(options.user && {user: {...options.user, id: bytes(options.user.id)}}),
  ...(options.excludeCredentials && {excludeCredentials: known(options.excludeCredentials)}),
  ...(options.allowCredentials && {allowCredentials: known(options.allowCredentials)})});

/** What the device answered, as JSON. */
const answer = ({id, rawId, type, response, authenticatorAttachment}) => {
  const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const said = Object.fromEntries(parts.filter(name => response[name]).map(name => [name, text(response[name])]));
  return JSON.stringify({id, rawId: text(rawId), type, authenticatorAttachment, response: said,
    clientExtensionResults: {}});
};

for (const form of window.PublicKeyCredential ? document.querySelectorAll("form[data-passkey]") : []) {
  form.hidden = false;
  form.addEventListener("submit", async event => {
    event.preventDefault();
    const said = form.querySelector("[role=alert]");
    said.hidden = true;
    try {
      const sent = new URLSearchParams({csrf_token: form.elements.csrf_token.value});
      const got = await fetch(form.dataset.ask, {method: "POST", body: sent, headers: {Accept: "application/json"}});
      const options = await got.json();
      if (!got.ok) throw new Error(options.detail);
      const made = await navigator.credentials[form.dataset.passkey]({publicKey: asked(options)});
      form.elements.answer.value = answer(made);
      form.submit();
    } catch (error) {
      said.textContent = error.name === "Error" ? error.message
        : form.dataset.nothing;
      said.hidden = false;
    }
  });
}

// What this scanner keeps in IndexedDB: its pairing, the accepted documents, its settings. Nothing of a card.

const NAME = "cardservice-scanner";
const STORES = ["pairing", "documents", "settings"];
const ONLY = "only";

let opening = null;

function database() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => STORES.forEach((store) => request.result.createObjectStore(store));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opening;
}

async function run(stores, mode, work) {
  const transaction = (await database()).transaction(stores, mode);
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
  const found = await work(transaction);
  await done;
  return found;
}

function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** {provider, sector, fields, face, ends, issuer, realm, rootKey (COSE_Key), providerKey (CryptoKey)}, or undefined. */
export const readPairing = () => run("pairing", "readonly", (it) => result(it.objectStore("pairing").get(ONLY)));
export const keepPairing = (pairing) => run("pairing", "readwrite", (it) => void it.objectStore("pairing").put(pairing, ONLY));

/** Forgets the agreement and its key, and how the scanner was set up. The public documents stay. */
export const forgetPairing = () =>
  run(["pairing", "settings"], "readwrite", (it) => ["pairing", "settings"].forEach((store) => it.objectStore(store).clear()));

/** [{name, octets, order}] of the documents accepted in earlier runs. */
export const readDocuments = () => run("documents", "readonly", (it) => result(it.objectStore("documents").getAll()));

/** Keeps newly accepted documents; another window that was faster with a newer one wins. */
export const keepDocuments = (documents) =>
  run("documents", "readwrite", async (it) => {
    const store = it.objectStore("documents");
    for (const document of documents) {
      const held = await result(store.get(document.name));
      if (!held || held.order < document.order) store.put(document, document.name);
    }
  });

export async function readSettings(defaults) {
  const [names, values] = await run("settings", "readonly", (it) => {
    const store = it.objectStore("settings");
    return Promise.all([result(store.getAllKeys()), result(store.getAll())]);
  });
  return { ...defaults, ...Object.fromEntries(names.map((name, place) => [name, values[place]])) };
}

export const keepSetting = (name, value) => run("settings", "readwrite", (it) => void it.objectStore("settings").put(value, name));

/**
 * A function of an object that is worked out once for each: what a thousand machines share (programs, units) is
 * one object, and is hashed and encoded once. The object must not change afterwards; the result lives as long as it.
 */
export function oncePerObject<K extends object, V extends object | string>(make: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(key);
    known.set(key, made);
    return made;
  };
}

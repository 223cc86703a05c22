/** What is asked about a firm. */
export interface Question {
  subject: string;
  purpose: string;
  items: string[];
  as_of?: string;
  reference?: string;
}

const PREFIX = "xinshu.question.";

/**
 * Keeps a question under a new idempotency key in this window's own memory. A page that shows the answer sends the
 * question again with the same key after a reload: that is the same inquiry, without new evidence or another use.
 */
export function keepQuestion(question: Question, store: Storage = sessionStorage): string {
  const key = crypto.randomUUID();
  store.setItem(PREFIX + key, JSON.stringify(question));
  return key;
}

/** The question under a key; null where this window does not know it. */
export function questionOf(key: string, store: Storage = sessionStorage): Question | null {
  const kept = store.getItem(PREFIX + key);
  if (kept === null) return null;
  try {
    const read = JSON.parse(kept) as Partial<Question>;
    if (typeof read.subject !== "string" || typeof read.purpose !== "string" || !Array.isArray(read.items))
      return null;
    return read as Question;
  } catch {
    return null;
  }
}

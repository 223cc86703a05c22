import { asFault } from "../../api/fault";

/** The outcome; null where nobody may do it alone, so that it was proposed and waits for a second person. */
export async function orPropose<T>(
  act: () => Promise<T>,
  propose: () => Promise<unknown>,
): Promise<T | null> {
  try {
    return await act();
  } catch (thrown) {
    if (asFault(thrown).code !== "second_person_needed") throw thrown;
    await propose();
    return null;
  }
}

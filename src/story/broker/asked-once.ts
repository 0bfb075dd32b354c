/** A question whose answer may depend on itself: what is asked again meanwhile is answered by what is given for that. */
export class AskedOnce {
  #isAsked = false;

  ask<Answer>(meanwhile: Answer, question: () => Answer): Answer {
    if (this.#isAsked) return meanwhile;
    this.#isAsked = true;
    try {
      return question();
    } finally {
      this.#isAsked = false;
    }
  }
}

import { answerLines } from './answer-lines.mjs';

/** Notes when it was told of a port: pairs of the port and the nanoseconds of CLOCK_MONOTONIC. */
export class ToldTimes {
  #opened = [];
  #closed = [];

  opened(port) {
    this.#opened.push([port, Number(process.hrtime.bigint())]);
  }

  closed(port) {
    this.#closed.push([port, Number(process.hrtime.bigint())]);
  }

  /**
   * Answers to `start`, once it watches, and to `told` with what it noted since the last time.
   *
   * @param {() => Promise<void>} start
   */
  answer(start) {
    return answerLines(async (line) => {
      if (line === 'start') {
        await start();
        return {};
      }
      return { opened: this.#opened.splice(0), closed: this.#closed.splice(0) };
    });
  }
}

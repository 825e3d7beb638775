/** A `Response` whose whole body is a text that is still at hand, so that a plain HTTP server need not read a stream. */
export class TextResponse extends Response {
  constructor(
    readonly content: string,
    init: ResponseInit,
  ) {
    super(content, init);
  }
}

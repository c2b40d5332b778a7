package io.shadowsentinel.admin;

/** Ends a request with a problem document. */
final class ProblemException extends RuntimeException {
  private final transient Problem problem;

  ProblemException(Problem problem) {
    // A bad request is no event to trace: no stack.
    super(problem.detail(), null, false, false);
    this.problem = problem;
  }

  static ProblemException badRequest(String detail) {
    return new ProblemException(Problem.of(400, detail));
  }

  Problem problem() {
    return problem;
  }
}

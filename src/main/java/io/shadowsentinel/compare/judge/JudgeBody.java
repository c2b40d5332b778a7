package io.shadowsentinel.compare.judge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.shadowsentinel.compare.core.Inquiry;
import io.shadowsentinel.compare.core.Judgement;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.JsonReader;
import io.shadowsentinel.compare.json.UnreadableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What goes to a judge, {@code {"route", "requestId", "path", "champion", "challenger"}}, all
 * strings; and what comes back, {@code {"agree": true, "confidence": 0.9}}, of which the confidence
 * may be left out, and whatever else is there is not looked at.
 */
final class JudgeBody {
  private static final JsonFactory FACTORY = new JsonFactory();

  private JudgeBody() {}

  static byte[] write(Inquiry inquiry, Inquiry.Question question) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("route", inquiry.route());
      json.writeStringField("requestId", inquiry.requestId());
      json.writeStringField("path", question.path());
      json.writeStringField("champion", question.champion());
      json.writeStringField("challenger", question.challenger());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  static Judgement read(byte[] body) {
    Json answer;
    try {
      answer = new JsonReader(null).read(body);
    } catch (UnreadableException e) {
      return Judgement.without(Judgement.Result.UNREADABLE);
    }
    if (!(answer instanceof Json.Members members)) {
      return Judgement.without(Judgement.Result.UNREADABLE);
    }
    Json agree = members.get("agree");
    Json confidence = members.get("confidence");
    boolean known = agree == Json.Literal.TRUE || agree == Json.Literal.FALSE;
    double sure = confidence instanceof Json.Num number ? number.value() : Double.NaN;
    boolean none = confidence == null || confidence == Json.Literal.NULL;
    if (!known || !(none || (sure >= 0 && sure <= 1))) {
      return Judgement.without(Judgement.Result.UNREADABLE);
    }
    return new Judgement(
        agree == Json.Literal.TRUE ? Judgement.Result.AGREE : Judgement.Result.DISAGREE, sure);
  }
}

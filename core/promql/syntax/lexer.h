// Cuts an expression into tokens. Pure function, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "promql/syntax/token.h"

namespace nj::promql {

// Thrown inside the syntax folder only; parseExpression turns it into an Error.
struct SyntaxFailure {
    Span span;
    std::string message;
};

// The tokens, the last being kEnd; # comments are left out. Throws SyntaxFailure.
std::vector<Token> tokenize(std::string_view text);

}  // namespace nj::promql

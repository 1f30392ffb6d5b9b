// The senders of the receive benchmark, in a process of their own so that their CPU is not the receiver's.
#pragma once

#include <cstddef>
#include <string>

namespace nj::bench {

struct SendPlan {
    bool grpc = false;
    std::string address;
    std::string target;        // gRPC's method or HTTP's path
    std::string headers;       // HTTP's, each with its end of line
    std::string file;          // length-framed requests
    size_t clients = 1;
    double pause = 0;          // seconds between the requests of a client; 0 = the next follows the answer
};

// Reads the requests, says "ready", waits for a line, sends every request once, each client waiting for its answer, and says how often one
// was told to come later. What follows "--send" on the command line.
int sendRequests(int argc, char** argv);
// That command line.
std::string sendCommand(const std::string& program, const SendPlan& plan);

}  // namespace nj::bench

#include "demo/background.h"

#include <algorithm>

#include <fmt/format.h>

#include "demo/fleet.h"
#include "demo/rng.h"

namespace nj::demo {

namespace {

constexpr double kGuardrailTimeoutsPerMinute = 0.1;

std::string scannedPath(Rng& rng) {
    static constexpr const char* kRoots[] = {"wp-admin", "phpmyadmin", ".git", ".env", "admin", "backup", "cgi-bin", "api/v0", "actuator", "solr", "vendor", "owa"};
    static constexpr const char* kLeaves[] = {"setup.php", "config", "index.php", "login", "HEAD", "health", "users.sql", "shell.cgi", "credentials", "dump.zip"};
    return fmt::format("/{}/{}{}", kRoots[rng.below(std::size(kRoots))], kLeaves[rng.below(std::size(kLeaves))], rng.chance(0.8) ? fmt::format("?{}", rng.below(4000)) : "");
}

std::string someClient(Rng& rng) { return fmt::format("10.8.{}.{}", rng.below(4), 2 + rng.below(250)); }

}  // namespace

Background makeBackground(const Day& day) {
    const Scenario& s = day.scenario;
    Background b;
    Rng rng(day.seed, 70);
    const auto everyday = [&](SideKind kind, double perMinute) {
        for (double t = rng.exponential(60 / perMinute); t < s.duration; t += rng.exponential(60 / perMinute)) {
            SideRequest r;
            r.time = t;
            r.kind = kind;
            r.tenant = static_cast<uint16_t>(kind == SideKind::kTenantLimit ? rng.below(4) : rng.below(7));
            r.client = someClient(rng);
            r.path = kind == SideKind::kNotFound ? "/" + std::string(rng.chance(0.5) ? "favicon.ico" : "v1/models/") : "/v1/chat";
            b.requests.push_back(std::move(r));
        }
    };
    everyday(SideKind::kTenantLimit, s.tenantLimitPerMinute);
    everyday(SideKind::kBadRequest, s.badRequestPerMinute);
    everyday(SideKind::kNotFound, s.notFoundPerMinute);
    everyday(SideKind::kGuardrailTimeout, kGuardrailTimeoutsPerMinute);
    for (uint32_t i = 0; i < s.scannerRequests; ++i) {
        // Hardest in its middle minute.
        const double at = 0.5 + 0.22 * std::clamp(rng.normal(), -2.2, 2.2);
        b.requests.push_back({s.scan + 160 * at, SideKind::kScanner, 0, std::string(kScannerAddress), scannedPath(rng)});
    }
    const double rollouts[] = {s.deploy, s.rollback};
    for (size_t k = 0; k < 2; ++k) {
        for (uint32_t i = 0; i < s.rolloutErrors[k]; ++i)
            b.requests.push_back({rollouts[k] + 4 + rng.uniform(0, 75), SideKind::kRetrieverGone, 0, "10.42.11.40", "/retrieve"});
    }
    std::stable_sort(b.requests.begin(), b.requests.end(), [](const SideRequest& x, const SideRequest& y) { return x.time < y.time; });
    return b;
}

}  // namespace nj::demo

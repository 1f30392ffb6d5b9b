// What a log's path says about who wrote it.
#include <initializer_list>

#include "format/log_batch.h"
#include "format/log_text.h"

namespace nj::format {
namespace {

void add(Resource& resource, std::string_view key, std::string_view value) {
    if (!value.empty() && findAttribute(resource.attributes, key) == nullptr)
        resource.attributes.push_back({std::string(key), AttributeValue::ofString(value)});
}

std::string_view baseName(std::string_view path) {
    const size_t slash = path.find_last_of("/\\");
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view parentOf(std::string_view path) {
    const size_t slash = path.find_last_of("/\\");
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

bool allHex(std::string_view s) {
    for (const char c : s)
        if (!text::isHex(c))
            return false;
    return !s.empty();
}

bool allDigits(std::string_view s) {
    for (const char c : s)
        if (!text::isDigit(c))
            return false;
    return !s.empty();
}

bool hasDigit(std::string_view s) {
    for (const char c : s)
        if (text::isDigit(c))
            return true;
    return false;
}

bool sameWord(std::string_view a, std::string_view b) {
    if (a.size() != b.size())
        return false;
    for (size_t i = 0; i < a.size(); ++i)
        if ((a[i] | 0x20) != (b[i] | 0x20))
            return false;
    return true;
}

// Kubernetes' generated name parts hold no vowels and nothing that looks like another letter (k8s.io/apimachinery util/rand).
bool isGenerated(std::string_view s) { return !s.empty() && s.find_first_not_of("bcdfghjklmnpqrstvwxz2456789") == std::string_view::npos; }

bool isTemplateHash(std::string_view s) { return (s.size() >= 8 && s.size() <= 10 && hasDigit(s)) || allHex(s) || (s.size() >= 6 && s.size() <= 10 && isGenerated(s) && hasDigit(s)); }

// Minutes or seconds since 1970, of the years 2009 to 2100.
bool isScheduledTime(std::string_view s) { return allDigits(s) && ((s.size() == 8 && s[0] >= '2' && s[0] <= '6') || (s.size() == 10 && s[0] >= '1' && s[0] <= '4')); }

// What stands behind the last dash, "" where there is none or nothing before it.
std::string_view lastPart(std::string_view name) {
    const size_t dash = name.rfind('-');
    return dash == std::string_view::npos || dash == 0 ? std::string_view() : name.substr(dash + 1);
}

bool isDateOrCounter(std::string_view s) {
    if (s.empty())
        return false;
    for (const char c : s)
        if (!text::isDigit(c) && c != '-' && c != '_' && c != 'T' && c != 'Z' && c != ':')
            return false;
    return true;
}

// gateway.log.2.gz, gateway-20260317.log, gateway_2026-03-17.json → gateway
std::string_view stem(std::string_view name) {
    bool changed = true;
    while (changed && !name.empty()) {
        changed = false;
        const size_t dot = name.rfind('.');
        if (dot != std::string_view::npos && dot > 0) {
            const std::string_view suffix = name.substr(dot + 1);
            for (const std::string_view known : {"log", "txt", "json", "jsonl", "ndjson", "out", "err", "gz", "zst", "xz", "bz2", "stdout", "stderr", "old", "csv", "current"})
                changed |= suffix == known;
            changed |= isDateOrCounter(suffix);
            if (changed) {
                name = name.substr(0, dot);
                continue;
            }
        }
        // "-2026-03-17", "_20260317T1058": a run of digits and marks that begins with one.
        size_t from = name.size();
        size_t digits = 0;
        while (from > 0 && isDateOrCounter(name.substr(from - 1, 1)))
            digits += text::isDigit(name[--from]);
        if (from > 0 && digits >= 6 && !text::isDigit(name[from])) {
            name = name.substr(0, from);
            changed = true;
        }
    }
    return name;
}

bool addPod(Resource& resource, std::string_view space, std::string_view pod, std::string_view container) {
    if (space.empty() || pod.empty())
        return false;
    add(resource, "service.name", workloadOf(pod));
    add(resource, "k8s.namespace.name", space);
    add(resource, "k8s.pod.name", pod);
    add(resource, "k8s.container.name", container);
    return true;
}

// …/pods/<ns>_<pod>_<uid>/<container>/0.log
bool fromPodFolder(std::string_view path, Resource& resource) {
    const std::string_view containerPath = parentOf(path);
    const std::string_view folder = baseName(parentOf(containerPath));
    const size_t first = folder.find('_');
    const size_t second = first == std::string_view::npos ? first : folder.find('_', first + 1);
    if (second == std::string_view::npos || folder.size() - second < 9)
        return false;
    if (!addPod(resource, folder.substr(0, first), folder.substr(first + 1, second - first - 1), baseName(containerPath)))
        return false;
    add(resource, "k8s.pod.uid", folder.substr(second + 1));
    return true;
}

// <pod>_<ns>_<container>-<64 hex>.log
bool fromContainerFile(std::string_view name, Resource& resource) {
    const size_t first = name.find('_');
    const size_t second = first == std::string_view::npos ? first : name.find('_', first + 1);
    const size_t dash = name.rfind('-');
    if (second == std::string_view::npos || dash == std::string_view::npos || dash < second)
        return false;
    const std::string_view id = name.substr(dash + 1, name.find('.', dash) - dash - 1);
    return id.size() == 64 && allHex(id) && addPod(resource, name.substr(first + 1, second - first - 1), name.substr(0, first), name.substr(second + 1, dash - second - 1));
}

}  // namespace

// As a workload's controllers append them: Deployment adds its pod template's hash, ReplicaSet, DaemonSet and Job five letters, StatefulSet an
// ordinal, CronJob the minutes (older: seconds) since 1970. What a person chose as a name stays.
std::string_view workloadOf(std::string_view pod) {
    const std::string_view tail = lastPart(pod);
    if (tail.empty())
        return pod;
    const std::string_view rest = pod.substr(0, pod.size() - tail.size() - 1);
    if ((allDigits(tail) && tail.size() <= 3) || isScheduledTime(tail))
        return rest;
    if (tail.size() != 5)
        return pod;
    const std::string_view before = lastPart(rest);
    if (!before.empty() && (isScheduledTime(before) || isTemplateHash(before)))
        return rest.substr(0, rest.size() - before.size() - 1);
    return isGenerated(tail) && hasDigit(tail) ? rest : pod;
}

std::string_view workloadOf(std::string_view kind, std::string_view name) {
    if (sameWord(kind, "Pod") || kind.empty())
        return workloadOf(name);
    const std::string_view tail = lastPart(name);
    if (!tail.empty() && ((sameWord(kind, "ReplicaSet") && isGenerated(tail)) || (sameWord(kind, "Job") && isScheduledTime(tail))))
        return name.substr(0, name.size() - tail.size() - 1);
    for (const std::string_view workload : {"ReplicaSet", "Job", "Deployment", "StatefulSet", "DaemonSet", "CronJob", "HorizontalPodAutoscaler", "Service", "Ingress", "Endpoints", "Rollout", "PodDisruptionBudget"})
        if (sameWord(kind, workload))
            return name;
    return {};
}

Resource resourceFromPath(std::string_view path) {
    Resource resource;
    const std::string_view name = baseName(path);
    if (fromPodFolder(path, resource) || fromContainerFile(name, resource))
        return resource;
    std::string_view service = stem(name);
    for (const std::string_view suffix : {"-access", "_access", ".access", "-error", "_error", ".error", "-access_log", "_access_log"})
        if (service.size() > suffix.size() && service.substr(service.size() - suffix.size()) == suffix)
            service.remove_suffix(suffix.size());
    if (!service.empty() && service != "-" && !allDigits(service))
        add(resource, "service.name", workloadOf(service));
    return resource;
}

}  // namespace nj::format

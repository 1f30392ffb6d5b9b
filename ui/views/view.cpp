#include "views/view.h"

#include <iterator>

namespace nj::ui {

#define VIEW(name) extern const ViewFactory name;
#include "views/views.inc"
#undef VIEW

namespace {

const ViewFactory* const kViews[] = {
#define VIEW(name) &name,
#include "views/views.inc"
#undef VIEW
    nullptr};

}  // namespace

std::span<const ViewFactory* const> viewFactories() { return {kViews, std::size(kViews) - 1}; }

const ViewFactory* findView(const QString& id) {
    for (const ViewFactory* factory : viewFactories())
        if (id == QLatin1String(factory->id))
            return factory;
    return nullptr;
}

}  // namespace nj::ui

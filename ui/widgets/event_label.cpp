#include "widgets/event_label.h"

#include <QCoreApplication>

namespace nj::ui {
namespace {

struct KindWords {
    const char* kind;
    const char* words;
};
constexpr KindWords kWords[] = {
    {"deploy", QT_TRANSLATE_NOOP("nj::ui::EventLabel", "%1: deploy")},           {"rollback", QT_TRANSLATE_NOOP("nj::ui::EventLabel", "%1: rollback")},
    {"scale", QT_TRANSLATE_NOOP("nj::ui::EventLabel", "%1: scaled")},             {"probe", QT_TRANSLATE_NOOP("nj::ui::EventLabel", "%1: probe failed")},
    {"restart", QT_TRANSLATE_NOOP("nj::ui::EventLabel", "%1: restart")},         {"oom", QT_TRANSLATE_NOOP("nj::ui::EventLabel", "%1: out of memory")},
};
constexpr qsizetype kLongest = 200, kShort = 32;   // characters

}  // namespace

QString eventLabel(const query::EventMark& event) {
    const QString title = QString::fromStdString(event.title.empty() ? event.kind : event.title).left(kLongest).simplified();
    if (!event.entity.empty() && title.size() > kShort)
        for (const KindWords& known : kWords)
            if (event.kind == known.kind)
                return QCoreApplication::translate("nj::ui::EventLabel", known.words).arg(QString::fromStdString(event.entity).left(kLongest).simplified());
    return title;
}

}  // namespace nj::ui

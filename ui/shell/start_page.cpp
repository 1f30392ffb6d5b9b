#include "shell/start_page.h"

#include <QFileInfo>
#include <QPainter>
#include <QProgressBar>
#include <QShortcut>

#include "widgets/plain_label.h"

namespace nj::ui {

namespace {

constexpr int kCardWidth = 640, kMostRecent = 6;

// A button of two lines: a title with its key, and what it does.
class BigButton : public QPushButton {
public:
    BigButton(const Theme& theme, const QString& glyph, const QString& title, const QString& words, const QString& key, QWidget* parent)
        : QPushButton(title, parent), theme_(theme), glyph_(glyph), words_(words), key_(key) {
        setProperty("role", QStringLiteral("big"));   // the style sheet gives its height
        setAccessibleName(title);
        setAccessibleDescription(words);
        setCursor(Qt::PointingHandCursor);
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter p(this);
        p.setRenderHint(QPainter::Antialiasing);
        const bool active = isEnabled() && (underMouse() || hasFocus());
        p.setPen(active ? theme_.accent : theme_.line);
        p.setBrush(isDown() ? theme_.line : theme_.raised);
        p.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme_.radius, theme_.radius);
        p.setFont(theme_.title);
        p.setPen(isEnabled() ? theme_.accent : theme_.muted);
        p.drawText(QRect(0, 0, 14 * theme_.unit, height()), Qt::AlignCenter, glyph_);
        const QRect area = rect().adjusted(14 * theme_.unit, 2 * theme_.unit, -4 * theme_.unit, -2 * theme_.unit);
        p.setPen(isEnabled() ? theme_.text : theme_.muted);
        p.drawText(area.adjusted(0, 2, 0, -area.height() / 2), Qt::AlignLeft | Qt::AlignVCenter, text());
        p.setFont(theme_.table);
        p.setPen(theme_.muted);
        p.drawText(area.adjusted(0, area.height() / 2, 0, -2), Qt::AlignLeft | Qt::AlignVCenter, fontMetrics().elidedText(words_, Qt::ElideMiddle, area.width() - 40));
        const QRect key(width() - 10 * theme_.unit, height() / 2 - 10, 6 * theme_.unit, 20);
        p.setPen(theme_.line);
        p.setBrush(Qt::NoBrush);
        p.drawRoundedRect(QRectF(key).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
        p.setFont(theme_.caption);
        p.setPen(theme_.muted);
        p.drawText(key, Qt::AlignCenter, key_);
    }

private:
    const Theme& theme_;
    QString glyph_, words_, key_;

public:
    void setWords(const QString& words) {
        words_ = words;
        setAccessibleDescription(words);
        update();
    }
};

}  // namespace

StartPage::StartPage(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setObjectName(QStringLiteral("page"));
    card_ = new QWidget(this);
    card_->setFixedWidth(kCardWidth);
    auto* column = new QVBoxLayout(card_);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2 * theme.unit);

    column->addWidget(new PlainLabel(tr("Nightjar"), theme.number, "", card_));
    column->addWidget(new PlainLabel(tr("Opens an incident: metrics, logs and traces in one file, on this computer."), theme.body, "muted", card_));
    column->addSpacing(3 * theme.unit);
    problem_ = new PlainLabel({}, theme.body, "error", card_);
    problem_->setWordWrap(true);
    problem_->hide();
    column->addWidget(problem_);

    open_ = bigButton(QStringLiteral("⤓"), tr("Open files…"), tr("a capsule, collector files, logs, a Prometheus dump, archives, a folder"), QStringLiteral("O"));
    live_ = bigButton(QStringLiteral("⇣"), tr("Receive or pull live…"), tr("listen for OTLP, pull from a Prometheus, scrape, follow files"), QStringLiteral("L"));
    demo_ = bigButton(QStringLiteral("◎"), tr("Open demo incident"), tr("an LLM service misses its deadline: find out why"), QStringLiteral("D"));
    recent_ = bigButton(QStringLiteral("↺"), tr("Open the last one again"), tr("nothing opened yet"), QStringLiteral("R"));
    recent_->setEnabled(false);
    for (QPushButton* button : {open_, live_, demo_, recent_})
        column->addWidget(button);
    recentList_ = new QVBoxLayout;
    recentList_->setSpacing(0);
    column->addLayout(recentList_);
    column->addSpacing(3 * theme.unit);
    drop_ = new PlainLabel(tr("or drop files and folders anywhere on this window"), theme.body, "muted", card_);
    drop_->setAlignment(Qt::AlignCenter);
    drop_->setMinimumHeight(18 * theme.unit);
    column->addWidget(drop_);
    bar_ = new QProgressBar(card_);
    bar_->setTextVisible(false);
    bar_->setAccessibleName(tr("Import"));
    cancel_ = new QPushButton(tr("Cancel"), card_);
    cancel_->setObjectName(QStringLiteral("cancelStart"));
    auto* line = new QHBoxLayout;
    line->addWidget(bar_, 1);
    line->addWidget(cancel_);
    column->addLayout(line);
    bar_->hide();
    cancel_->hide();

    auto* outer = new QVBoxLayout(this);
    outer->addStretch(2);
    outer->addWidget(card_, 0, Qt::AlignHCenter);
    outer->addStretch(3);

    connect(open_, &QPushButton::clicked, this, &StartPage::openFilesClicked);
    connect(live_, &QPushButton::clicked, this, &StartPage::liveClicked);
    connect(demo_, &QPushButton::clicked, this, &StartPage::demoClicked);
    connect(cancel_, &QPushButton::clicked, this, &StartPage::cancelClicked);
    connect(recent_, &QPushButton::clicked, this, [this] {
        if (!recentPaths_.isEmpty())
            Q_EMIT recentClicked(recentPaths_.first());
    });
    for (const auto& [key, button] : {std::pair{Qt::Key_O, open_}, std::pair{Qt::Key_L, live_}, std::pair{Qt::Key_D, demo_}, std::pair{Qt::Key_R, recent_}}) {
        auto* shortcut = new QShortcut(QKeySequence(key), this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, button, &QPushButton::click);
    }
    setFocusPolicy(Qt::StrongFocus);
}

QPushButton* StartPage::bigButton(const QString& glyph, const QString& title, const QString& words, const QString& key) {
    return new BigButton(theme_, glyph, title, words, key, card_);
}

void StartPage::setRecent(const QStringList& paths) {
    recentPaths_ = paths.mid(0, kMostRecent);
    while (QLayoutItem* item = recentList_->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    recent_->setEnabled(!recentPaths_.isEmpty());
    static_cast<BigButton*>(recent_)->setWords(recentPaths_.isEmpty() ? tr("nothing opened yet") : recentPaths_.first());
    for (const QString& path : recentPaths_.mid(1)) {
        auto* line = new QPushButton(QFileInfo(path).fileName(), card_);
        line->setProperty("role", QStringLiteral("flat"));
        line->setStyleSheet(QStringLiteral("text-align: left;"));
        line->setToolTip(plainToolTip(path));
        connect(line, &QPushButton::clicked, this, [this, path] { Q_EMIT recentClicked(path); });
        recentList_->addWidget(line);
    }
}

void StartPage::setProblem(const QString& sentence) {
    problem_->setPlain(QStringLiteral("▲ ") + sentence);
    problem_->setVisible(!sentence.isEmpty());
}

void StartPage::setProgress(const ImportProgress& progress) {
    for (QPushButton* button : {open_, live_, demo_})
        button->setEnabled(!progress.running);
    recent_->setEnabled(!progress.running && !recentPaths_.isEmpty());
    bar_->setVisible(progress.running);
    cancel_->setVisible(progress.running);
    bar_->setRange(0, progress.bytesTotal > 0 ? 1000 : 0);
    if (progress.bytesTotal > 0)
        bar_->setValue(static_cast<int>(1000.0 * static_cast<double>(std::min(progress.bytesDone, progress.bytesTotal)) / static_cast<double>(progress.bytesTotal)));
    if (progress.running) {
        setProblem({});
        drop_->setPlain(progress.what.left(80) + QStringLiteral(" …"));
    } else {
        setDropping(false);
    }
}

void StartPage::setDropping(bool dropping) {
    dropping_ = dropping;
    drop_->setPlain(dropping ? tr("drop to open") : tr("or drop files and folders anywhere on this window"));
    drop_->setRole(dropping ? "accent" : "muted");
    update();
}

void StartPage::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.fillRect(rect(), theme_.base);
    const QRectF target = QRectF(drop_->mapTo(this, QPoint(0, 0)), drop_->size()).adjusted(0.5, 0.5, -0.5, -0.5);
    QPen pen(dropping_ ? theme_.accent : theme_.line, 1, Qt::DashLine);
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(pen);
    p.setBrush(dropping_ ? QBrush(theme_.selection) : QBrush(Qt::NoBrush));
    p.drawRoundedRect(target, theme_.radius, theme_.radius);
}

}  // namespace nj::ui

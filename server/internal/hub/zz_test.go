package hub
import ("testing";"time";"sort";"sync";"syscall";"encoding/json";"handrail/server/internal/wire";"fmt")
func TestZZ(t *testing.T){
 for _, rate := range []int{200, 5000} {
 s := serve(t, Options{})
 const n=200
 var mu sync.Mutex; var lat []time.Duration
 sent := sync.Map{}
 for range n { a := s.connect(t, Client{Topics: []string{"hall:main"}})
  go func(){ for { _, text, err := a.ReadMessage(); if err!=nil {return}
    if len(text)>16 && string(text[:16])==`{"type":"events"` { var f wire.EventsFrame; json.Unmarshal(text,&f); now:=time.Now(); mu.Lock(); for _, e := range f.Events { if v,ok:=sent.Load(e.Seq); ok { lat=append(lat, now.Sub(v.(time.Time))) } }; mu.Unlock() } } }() }
 var r0, r1 syscall.Rusage; syscall.Getrusage(0,&r0)
 begun:=time.Now(); N:=rate*3
 for i:=range N { at := begun.Add(time.Duration(i)*time.Second/time.Duration(rate)); if d:=time.Until(at); d>0 {time.Sleep(d)}
  s.box.mu.Lock(); s.seq++; q:=s.seq; f:=fact{seq:q,topic:"hall:main",at:time.Now()}; s.facts=append(s.facts[:0],f); sent.Store(q,at)
  s.hub.Publish(Update{Last:q, Events:func(tp string)[]wire.Event{return eventsOf([]fact{f},tp)}, Dirty: func(string) bool {return true}}); s.box.mu.Unlock() }
 took:=time.Since(begun)
 time.Sleep(300*time.Millisecond); syscall.Getrusage(0,&r1)
 cpu:=time.Duration(r1.Utime.Nano()-r0.Utime.Nano()+r1.Stime.Nano()-r0.Stime.Nano())
 mu.Lock(); sort.Slice(lat,func(i,j int)bool{return lat[i]<lat[j]})
 fmt.Println(rate, "took",took,"cpu",cpu,"delivered",len(lat),"of",N*n,"p50",lat[len(lat)/2],"p99",lat[len(lat)*99/100],"stats",fmt.Sprintf("%+v",s.hub.Stats())); mu.Unlock()
 }
}
